"""Occlusion sensitivity: what an answer and a map lose while a part of the picture is covered."""
