"""Exercises made from a derivation: questions, the page that checks answers, sheets and keys."""
