"""A list narrowed by the regions that customers are in."""

from base.ui.filters import Choice
from base.ui.look import Text
from contracts.models import Customer


class RegionChoice(Choice):
    """Any of the regions that some customer has: nobody keeps a list of them."""

    def choices(self) -> list[tuple[str, Text]]:
        named = Customer.objects.exclude(region="").order_by("region")
        return [(region, region) for region in named.values_list("region", flat=True).distinct()]
