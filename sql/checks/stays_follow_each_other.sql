-- A stay in a stage begins no later than it ends.
select deal_key, position, entered_date, left_date
from marts.stage_spells
where left_date < entered_date
