"""The way down: from one unit of a net back to the pixels of its picture, by the deconvnet and by its relatives."""
