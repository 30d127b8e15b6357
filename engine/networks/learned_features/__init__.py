"""What trained nets make of a picture, beside descriptors made by hand: feature maps, and a test on digits."""
