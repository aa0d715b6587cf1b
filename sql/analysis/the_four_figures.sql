-- How do the two groups compare in win rate, cycle, deal size and velocity?
-- All at equal deal age, yet not alike otherwise: a description. The interval is of the difference.
select
    figure,
    round(customer_value, 3) as customer_focused,
    round(seller_value, 3) as seller_focused,
    round(difference, 3) as difference,
    round(low, 3) as low,
    round(high, 3) as high,
    customer_deals,
    seller_deals
from metrics.headline();
