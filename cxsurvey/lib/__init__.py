"""Leaf helpers without any app; the only part of cxsurvey that the apps may import."""
