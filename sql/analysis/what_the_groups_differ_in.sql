-- In what do customer-focused and seller-focused deals differ to begin with?
-- Standardised differences: above 0.1 is a lot. difference_alike is what is left of it once deals are made alike.
select
    factor,
    factor_value,
    round(100 * customer_share, 1) as customer_pct,
    round(100 * seller_share, 1) as seller_pct,
    round(difference, 2) as difference,
    round(difference_alike, 2) as difference_alike
from metrics.balance()
where factor <> 'owner' and abs(difference) > 0.1
order by abs(difference) desc, factor, factor_value;
