-- Who may see and do what, in the database itself: triggers, row-level security, grants.

create or replace function refuse_change() returns trigger language plpgsql as $$
begin
    raise exception '% is append-only', tg_table_name using errcode = 'insufficient_privilege';
end $$;

create trigger log_events_rows_stay before update or delete on log_events for each row execute function refuse_change();

create trigger log_events_stays before truncate on log_events for each statement execute function refuse_change();

create trigger log_chain_rows_stay before update or delete on log_chain for each row execute function refuse_change();

create trigger log_chain_stays before truncate on log_chain for each statement execute function refuse_change();

alter table log_events enable row level security;

create policy log_events_seen on log_events for select using (
    (area_code >= current_setting('wall.lo', true) and area_code < current_setting('wall.hi', true)) or access && array[current_setting('wall.desk', true)] or (area_code_before >= current_setting('wall.lo', true) and area_code_before < current_setting('wall.hi', true))
    or (area_code is null and area_code_before is null and (length(current_setting('wall.lo', true)) <= 6 and current_setting('wall.hi', true) > ''))
);

create policy log_events_written on log_events for insert with check (true);

grant select, insert on log_events, log_chain to wall_app;

grant select, insert, delete on log_pending to wall_app;

grant usage on sequence log_events_id_seq to wall_app;

alter table cases enable row level security;

create policy cases_seen on cases using ((area_code >= current_setting('wall.lo', true) and area_code < current_setting('wall.hi', true)) or access && array[current_setting('wall.desk', true)]) with check ((area_code >= current_setting('wall.lo', true) and area_code < current_setting('wall.hi', true)) or access && array[current_setting('wall.desk', true)]);

alter table assignments enable row level security;

create policy assignments_seen on assignments using (exists (select 1 from cases c where c.id = case_id)) with check (exists (select 1 from cases c where c.id = case_id));

alter table clocks enable row level security;

create policy clocks_seen on clocks using (exists (select 1 from cases c where c.id = case_id)) with check (exists (select 1 from cases c where c.id = case_id));

alter table custody enable row level security;

create policy custody_seen on custody using (exists (select 1 from cases c where c.id = case_id)) with check (exists (select 1 from cases c where c.id = case_id));

alter table case_texts enable row level security;

create policy case_texts_seen on case_texts using (exists (select 1 from cases c where c.id = case_id)) with check (exists (select 1 from cases c where c.id = case_id));

alter table reports enable row level security;

create policy reports_seen on reports using (exists (select 1 from cases c where c.id = case_id)) with check (exists (select 1 from cases c where c.id = case_id));

alter table units enable row level security;

create policy units_seen on units using (((area_code >= current_setting('wall.lo', true) and area_code < current_setting('wall.hi', true)) or desk = current_setting('wall.desk', true))) with check (((area_code >= current_setting('wall.lo', true) and area_code < current_setting('wall.hi', true)) or desk = current_setting('wall.desk', true)));

alter table looks enable row level security;

create policy looks_seen on looks for select using (current_setting('wall.role', true) in ('system', 'auditor', 'admin'));

create policy looks_written on looks for insert with check (account = current_setting('wall.account', true));

alter table idempotency enable row level security;

create policy idempotency_seen on idempotency using (account = current_setting('wall.account', true) or current_setting('wall.role', true) = 'system') with check (account = current_setting('wall.account', true) or current_setting('wall.role', true) = 'system');

alter table accounts enable row level security;

create policy accounts_seen on accounts using (current_setting('wall.role', true) in ('system', 'admin')) with check (current_setting('wall.role', true) in ('system', 'admin'));

alter table sessions enable row level security;

create policy sessions_seen on sessions using (current_setting('wall.role', true) in ('system', 'admin')) with check (current_setting('wall.role', true) in ('system', 'admin'));

alter table tokens enable row level security;

create policy tokens_seen on tokens using (current_setting('wall.role', true) in ('system', 'admin')) with check (current_setting('wall.role', true) in ('system', 'admin'));

alter table known_devices enable row level security;

create policy known_devices_seen on known_devices using (current_setting('wall.role', true) in ('system', 'admin')) with check (current_setting('wall.role', true) in ('system', 'admin'));

alter table login_attempts enable row level security;

create policy login_attempts_seen on login_attempts using (current_setting('wall.role', true) in ('system', 'admin')) with check (current_setting('wall.role', true) in ('system', 'admin'));

grant select, insert, update on cases to wall_app;

grant select, insert, update on assignments to wall_app;

grant select, insert, update, delete on clocks to wall_app;

grant select, insert, update on custody to wall_app;

grant select, insert on case_texts to wall_app;

grant select, insert on reports to wall_app;

grant select, insert on looks to wall_app;

grant select, insert, update, delete on idempotency to wall_app;

grant select, insert, update on units to wall_app;

grant select, insert, update on desks to wall_app;

grant select, insert, update on calendar_days to wall_app;

grant select, insert, update on accounts to wall_app;

grant select, insert, update, delete on sessions to wall_app;

grant select, insert, update, delete on tokens to wall_app;

grant select, insert, update, delete on known_devices to wall_app;

grant select, insert, update, delete on login_attempts to wall_app;

alter table cameras enable row level security;

create policy cameras_seen on cameras for select using ((area_code >= current_setting('wall.lo', true) and area_code < current_setting('wall.hi', true)));

grant select on data_sets to wall_app;

grant select on areas to wall_app;

grant select on roads to wall_app;

grant select on cameras to wall_app;

grant select on facilities to wall_app;

grant select on pois to wall_app;

grant select on waters to wall_app;

grant usage on sequence case_numbers to wall_app;

grant usage on schema public to wall_app;

alter table positions_latest enable row level security;

create policy positions_latest_seen on positions_latest for select using ((area_code >= current_setting('wall.lo', true) and area_code < current_setting('wall.hi', true)) or desk = current_setting('wall.desk', true));

create policy positions_latest_written on positions_latest for insert with check (current_setting('wall.role', true) = 'system');

create policy positions_latest_renewed on positions_latest for update using (current_setting('wall.role', true) = 'system');

alter table positions enable row level security;

create policy positions_seen on positions for select using ((area_code >= current_setting('wall.lo', true) and area_code < current_setting('wall.hi', true)) or desk = current_setting('wall.desk', true));

create policy positions_written on positions for insert with check (current_setting('wall.role', true) = 'system');

create or replace function ensure_positions_day(day date) returns void
language plpgsql security definer set search_path = public, pg_temp as $$
declare
    name text := 'positions_' || to_char(day, 'YYYYMMDD');
begin
    if day not between current_date - 8 and current_date + 8 then
        raise exception 'no partition for %: too far from today', day using errcode = 'check_violation';
    end if;
    if to_regclass('public.' || name) is not null then
        return;
    end if;
    perform pg_advisory_xact_lock(hashtext('positions'));
    if to_regclass('public.' || name) is null then
        execute format(
            'create table %I partition of positions for values from (%L) to (%L)',
            name, to_char(day, 'YYYY-MM-DD') || ' 00:00+00', to_char(day + 1, 'YYYY-MM-DD') || ' 00:00+00'
        );
        -- Reached by its own name a partition knows only its own policies: with none, it shows nothing.
        execute format('alter table %I enable row level security', name);
    end if;
end $$;

revoke execute on function ensure_positions_day(date) from public;

grant execute on function ensure_positions_day(date) to wall_app;

grant select, insert, update on positions_latest to wall_app;

grant select, insert on positions to wall_app;
