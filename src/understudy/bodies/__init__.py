"""Bodies: the codec of each media type, forms among them."""
