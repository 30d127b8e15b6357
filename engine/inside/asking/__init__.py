"""What gradients say: Grad-CAM, gradient, SmoothGrad, integrated gradients, activation maximisation."""
