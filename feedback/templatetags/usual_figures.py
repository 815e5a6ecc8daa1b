"""The usual measures, ready for the template."""

from django import template

from feedback.dashboards.usual import usual_rows

register = template.Library()
register.simple_tag(usual_rows)
