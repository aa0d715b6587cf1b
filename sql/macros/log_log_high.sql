-- Upper 95% limit of a share of a curve, such as won by day 90, symmetric on the scale of log(-log(share)); between 0 and 1. reach is
-- the standard error times macros.z or macros.clustered_multiple. Null where the share is 0 or 1, where the method knows no limits.
-- Source: Kalbfleisch and Prentice (2002), The Statistical Analysis of Failure Time Data, 2nd ed., 1.4.
create or replace macro macros.log_log_high(share, reach) as
    case when share > 0 and share < 1 then exp(ln(share) * exp(reach / (share * ln(share)))) end;
