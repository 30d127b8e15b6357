"""The view "Non-max suppression": boxes as cards, and every decision about them on the stepper."""
