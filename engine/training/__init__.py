"""Fitting the models, from data that stays where it is; never at run time."""

from engine.training.recipe_file import shipped_recipes
from engine.training.training_run import train_model

__all__ = ["shipped_recipes", "train_model"]
