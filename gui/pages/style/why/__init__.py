"""The view "Why": what the style cost compares, what layers keep, what each of them contributes."""
