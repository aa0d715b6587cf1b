-- Sum of the products of two variables about their means, from the sum of their products, the sum of each, and how many there are; 0
-- where there are none. A decimal, so that sums of it are exact and the same in any order.
create or replace macro macros.centred(products, first_sum, second_sum, n) as
    case when n > 0 then products - first_sum * second_sum / n else 0::double end::decimal(38, 12);
