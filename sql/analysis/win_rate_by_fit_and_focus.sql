-- Does customer focus only mark the prospects that fit anyway?
-- Compare the two rows of one fit: if the gap is gone within "fits" and within "does not fit", fit was behind it.
select
    icp_fit,
    focus,
    deals,
    round(100 * share_of_deals, 1) as share_of_deals_pct,
    round(100 * win_rate, 1) as win_rate_pct,
    round(100 * low, 1) as low,
    round(100 * high, 1) as high
from metrics.fit_by_focus()
where deals > 0
order by icp_fit, focus;
