"""What the transformer encoder is made of, whichever framework builds it: no TensorFlow here."""

PATCH, TOKENS, WIDTH, HEADS, INNER, BLOCKS = 8, 16, 64, 4, 128, 2
