"""Fitting the models, from data that stays where it is; never at run time."""

from engine.training.recipe_file import shipped_recipes
from engine.training.studies import study
from engine.training.training_run import train_model

__all__ = ["shipped_recipes", "study", "train_model"]
