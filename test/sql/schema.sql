-- What the statements of statements.txt are run against, where there is a PostgreSQL to run them.
create schema support;
create table support.customers (
  id integer primary key, name text, email text, phone text, country text, since date, lamp_shop boolean
);
create table support.orders (
  id integer primary key, customer_id integer, status text, placed_at timestamptz, total_cents integer, note text,
  tags text[], detail jsonb, spot point
);
create table support.order_items (
  order_id integer, line integer, product_id integer, qty integer, price_cents integer, primary key (order_id, line)
);
create table support.payments (payment_id text primary key, order_id integer, amount_cents integer, paid_at timestamptz);
create table support."Order Notes" (id integer, "Text" text);
create table support.secrets (name text, value text);
create view support.open_orders as select id, customer_id from support.orders where status = 'open';
create table public.products (id integer primary key, name text, price_cents integer, parent integer);
create table public.orders (id integer, hidden text);
create table public.events (id integer, at timestamptz) partition by range (at);
create table public.events_2026 partition of public.events for values from ('2026-01-01') to ('2027-01-01');
create sequence public.numbers;
create type support.mood as enum ('calm', 'cross');
create function public.note_it(text) returns text language plpgsql as
  'begin insert into support.secrets values ($1, $1); return $1; end';
create operator public.#! (rightarg = text, function = public.note_it);
create function public.row_written(support.customers) returns text language plpgsql as
  'begin insert into support.secrets values (''row'', $1.name); return $1.name; end';
insert into support.customers values (1, 'Ann', 'ann@customer.example', null, 'DE', '2020-01-01', true);
insert into support.orders values (1, 1, 'open', now(), 1200, 'gift', '{a,b}', '{"a": [1, 2]}', '(1,2)'), (2, 1, 'sent', now(), 4900, '', '{}', '{}', null);
insert into support.order_items values (1, 1, 1, 2, 600), (2, 1, 1, 1, 4900);
insert into public.products values (1, 'lamp', 600, null), (2, 'bulb', 100, 1);
insert into support.orders select n, n, 'open', now(), n, 'note ' || n, '{c}', '{}' from generate_series(10, 19) n;
insert into support."Order Notes" select n, 'text ' || n from generate_series(1, 5) n;
insert into public.orders select n, 'hidden ' || n from generate_series(1, 5) n;
insert into support.payments select 'p' || n, n, n, now() from generate_series(10, 14) n;
