"""The view "Siamese": two pictures, one net, one answer."""
