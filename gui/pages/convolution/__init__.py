"""The convolution explorer: state, resolve, scenes, controls, inspector, page."""
