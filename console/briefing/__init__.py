"""What our own people are told by mail: what cannot wait at once, the rest in one mail in the morning."""
