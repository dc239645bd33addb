"""Python runs this as it starts, where the folder is on its path."""

from tests.support.elsewhere.pretend import begin

begin()
