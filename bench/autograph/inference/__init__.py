"""What each value in a function is: Python, perhaps a tensor, or a tensor."""
