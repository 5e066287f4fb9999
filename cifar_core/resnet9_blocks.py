"""What ResNet-9 is made of, whichever framework builds it: no TensorFlow here."""

BLOCKS = (  # name, inputs, filters, pooled
    ("prep", 3, 64, False),
    ("down1", 64, 128, True),
    ("residual1a", 128, 128, False),
    ("residual1b", 128, 128, False),
    ("down2", 128, 256, True),
    ("down3", 256, 512, True),
    ("residual2a", 512, 512, False),
    ("residual2b", 512, 512, False),
)
SCALE = 0.125  # of the logits, as in the original: they start near zero, whatever the maximum over pixels does
