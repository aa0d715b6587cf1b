-- Slopes of an outcome y on two tags, a (customer-focused) and b (tidy), from cross products about the means of their strata: buyer, a
-- alone; neutral, b alone; buyer minus neutral, the slope of a less that of b where both are in. A list of contrast and difference;
-- null where a tag does not vary. k_: among deals whose b is known.
-- Source: least squares by the normal equations of two variables; Frisch and Waugh (1933), Econometrica 1, 387-401.
create or replace macro macros.contrasts(aa, ay, k_aa, k_ab, k_bb, k_ay, k_by) as [
    {contrast: 'buyer', difference: case when aa > 1e-9 then ay / aa end},
    {contrast: 'neutral', difference: case when k_bb > 1e-9 then k_by / k_bb end},
    {
        contrast: 'buyer minus neutral',
        difference: case
            when k_aa * k_bb - k_ab * k_ab > 1e-9 * k_aa * k_bb and k_aa > 1e-9
                then ((k_bb * k_ay - k_ab * k_by) - (k_aa * k_by - k_ab * k_ay)) / (k_aa * k_bb - k_ab * k_ab)
        end
    }
];
