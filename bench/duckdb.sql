-- The nine panels as anybody would write them: complaints of three products, not marked as duplicates, 24 of 36 months.
-- Codes as in the store; $known is until when the facts are known, in seconds. Every statement gives a key and whole numbers.

-- name: received by month
select date_trunc('month', received_on) as month, count(*) as received
from case_fact
where kind = 1 and product in (1, 2, 3) and is_duplicate = 0 and received_on between $from and $to
group by month;

-- name: received by issue, top 20
select issue, count(*) as received
from case_fact
where kind = 1 and product in (1, 2, 3) and is_duplicate = 0 and received_on between $from and $to
group by issue
order by received desc, issue
limit 20;

-- name: issue by month, top 10
with top as (
  select issue
  from case_fact
  where kind = 1 and product in (1, 2, 3) and is_duplicate = 0 and received_on between $from and $to
  group by issue
  order by count(*) desc, issue
  limit 10
)
select issue, date_trunc('month', received_on) as month, count(*) as received
from case_fact
where kind = 1 and product in (1, 2, 3) and is_duplicate = 0 and received_on between $from and $to and issue in (select issue from top)
group by issue, month;

-- name: resolution p50 and p90 by month
-- Its own quantiles of the cases that are resolved, which flatters: open cases are left out.
select date_trunc('month', received_on) as month, quantile_cont(resolution_bin, [0.5, 0.9]) as minutes, count(*) as resolved
from case_fact
where kind = 1 and product in (1, 2, 3) and is_duplicate = 0 and received_on between $from and $to
  and is_time_impossible = 0 and resolved_at <= $known
group by month;

-- name: on time by due month
select date_trunc('month', due_on) as month, count(*) as due, sum(is_on_time) as on_time
from case_fact
where kind = 1 and product in (1, 2, 3) and is_duplicate = 0 and due_on between $from and $to
  and due_at <= $known and (resolved_at <= $known or ended_at is null or ended_at > $known)
group by month;

-- name: open by month
with change as (
  select date_trunc('month', received_on) as month, count(*) as n
  from case_fact
  where kind = 1 and product in (1, 2, 3) and is_duplicate = 0 and received_on <= $to
  group by month
  union all
  select date_trunc('month', ended_on), -count(*)
  from case_fact
  where kind = 1 and product in (1, 2, 3) and is_duplicate = 0 and ended_on <= $to
  group by 1
), stock as (
  select month, sum(sum(n)) over (order by month) as open
  from change
  group by month
)
select month, open
from stock
where month >= $from;

-- name: satisfied by month
select date_trunc('month', answered_on) as month, count(*) as answered, sum(is_satisfied) as satisfied
from survey_fact
where kind = 1 and product in (1, 2, 3) and is_duplicate = 0 and answered_on between $from and $to
  and survey_kind = 1 and is_satisfied is not null
group by month;

-- name: received by channel and team
select channel, team, count(*) as received
from case_fact
where kind = 1 and product in (1, 2, 3) and is_duplicate = 0 and received_on between $from and $to
group by channel, team;

-- name: redress by product
select product, sum(redress_minor) as minor, count(*) filter (redress_minor >= 1) as paid
from case_fact
where kind = 1 and product in (1, 2, 3) and is_duplicate = 0 and redress_on between $from and $to and redress_currency = 'EUR'
group by product;

-- name: resolution by Kaplan–Meier
-- Open cases count at their age: the last minute of its whole hour. The first time the curve is down to 1 - p; on a flat piece its middle.
with seen as (
  select date_trunc('month', received_on) as month,
    coalesce(resolution_bin, ($known - received_at) // 3600 * 60 + 59) as minutes,
    (resolution_bin is not null)::int as is_event
  from case_fact
  where kind = 1 and product in (1, 2, 3) and is_duplicate = 0 and received_on between $from and $to and is_time_impossible = 0
), point as (
  select month, minutes, sum(is_event) as events, count(*) as n
  from seen
  group by month, minutes
), risk as (
  select month, minutes, events, n, sum(n) over (partition by month order by minutes desc) as at_risk
  from point
), curve as (
  select month, minutes, n,
    exp(sum(case when events = at_risk then -1e9 else ln(1 - events / at_risk) end) over (partition by month order by minutes)) as survival
  from risk
)
select month,
  (min(minutes) filter (survival <= 0.5 + 1.5e-8) + min(minutes) filter (survival <= 0.5 - 1.5e-8)) / 2 as p50,
  (min(minutes) filter (survival <= 0.1 + 1.5e-8) + min(minutes) filter (survival <= 0.1 - 1.5e-8)) / 2 as p90,
  sum(n) as n
from curve
group by month;

-- name: best single statement
-- The four panels of one date as grouping sets, the others beside them. Keeping the filtered rows (materialized) takes longer.
with f as (
  select date_trunc('month', received_on) as received_month, date_trunc('month', due_on) as due_month, date_trunc('month', ended_on) as ended_month,
    received_on, due_on, ended_on, redress_on, received_at, due_at, resolved_at, ended_at, issue, channel, team, product, resolution_bin,
    is_on_time, is_time_impossible, redress_minor, redress_currency
  from case_fact
  where kind = 1 and product in (1, 2, 3) and is_duplicate = 0
)
select 1 + grouping(received_month, issue, channel) as panel, received_month as month, issue as a, channel as b, team as c, count(*) as x, null as y, null as z
from f
where received_on between $from and $to
group by grouping sets ((received_month), (issue), (issue, received_month), (channel, team))
union all
select 11, received_month, null, null, null, count(*), quantile_cont(resolution_bin, 0.5), quantile_cont(resolution_bin, 0.9)
from f
where received_on between $from and $to and is_time_impossible = 0 and resolved_at <= $known
group by received_month
union all
select 12, due_month, null, null, null, count(*), sum(is_on_time), null
from f
where due_on between $from and $to and due_at <= $known and (resolved_at <= $known or ended_at is null or ended_at > $known)
group by due_month
union all
select 13, month, null, null, null, sum(n), null, null
from (
  select received_month as month, count(*) as n from f where received_on <= $to group by received_month
  union all
  select ended_month, -count(*) from f where ended_on <= $to group by ended_month
)
group by month
union all
select 14, date_trunc('month', answered_on), null, null, null, count(*), sum(is_satisfied), null
from survey_fact
where kind = 1 and product in (1, 2, 3) and is_duplicate = 0 and answered_on between $from and $to and survey_kind = 1 and is_satisfied is not null
group by 2
union all
select 15, null, product, null, null, sum(redress_minor), count(*) filter (redress_minor >= 1), null
from f
where redress_on between $from and $to and redress_currency = 'EUR'
group by product;
