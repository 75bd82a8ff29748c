-- What people said goes when its time is over: by these functions alone. The application's role can neither delete nor
-- rewrite a word by itself, and what it may have erased through them is bounded here, whatever its tables of rules say.

-- Whether nothing holds a case whose time is over: it has ended, so has what it was merged into, neither is preserved,
-- and nobody has still to account for his part.
create function may_be_erased(which uuid, latest timestamptz) returns boolean
language sql stable set search_path = public, pg_temp as $$
    select coalesce(bool_and(
        c.status in ('closed', 'refused', 'cancelled', 'merged') and c.closed_at < latest and c.preserved_at is null
        and not exists (
            select from accountability a where a.case_id = c.id and (a.settled_at is null or a.settled_at >= latest))
    ), false)
    from cases c where c.id = which or c.id = (select m.merged_into from cases m where m.id = which)
$$;

-- Erase one kind of one case's data that was written before a moment, and say how much and which files lost a case.
create function erase_of_case(which uuid, kind text, by_rule text, written_before timestamptz, on_request boolean)
returns table (erased int, files text[])
language plpgsql security definer set search_path = public, pg_temp as $$
declare
    -- Six months are 181 days at least: the rules reckon exactly, and this is the floor under them.
    latest timestamptz := least(written_before, now() - interval '180 days');
    n int := 0;
    digests text[] := '{}';
begin
    if current_setting('wall.role', true) is distinct from 'system' then
        raise exception 'only the system erases' using errcode = 'insufficient_privilege';
    end if;
    -- Locked before it is looked at: who opens it again, or preserves it, waits for us or has been here before.
    perform from cases c where c.id = which for update;
    perform from cases c where c.id = (select m.merged_into from cases m where m.id = which) for update;
    if not may_be_erased(which, latest) then
        raise exception 'case % is kept', which using errcode = 'check_violation';
    end if;
    if kind = 'reporter' then
        update reports r set reporter_name = null, reporter_phone = null
        where (r.merged_from = which or (r.case_id = which and r.merged_from is null)) and r.at < latest
          and (r.reporter_name is not null or r.reporter_phone is not null);
        get diagnostics n = row_count;
    elsif kind = 'words' then
        -- The row goes whole: text and salt, and with them what the index of words has of it.
        delete from case_texts t where t.case_id = which and t.at < latest;
        get diagnostics n = row_count;
        update reports r set text = ''
        where (r.merged_from = which or (r.case_id = which and r.merged_from is null)) and r.at < latest and r.text <> '';
        update assignments a set reason = null
        where a.case_id = which and a.dispatched_at < latest and a.reason is not null;
    elsif kind = 'files' then
        with gone as (delete from attachments a where a.case_id = which and a.at < latest returning a.digest)
        select count(*), coalesce(array_agg(distinct encode(digest, 'hex')), '{}') into n, digests from gone;
    else
        raise exception 'no case has %', kind using errcode = 'invalid_parameter_value';
    end if;
    if n > 0 then
        insert into erasures (case_id, what, rule, at, count, asked) values (which, kind, by_rule, now(), n, on_request);
    end if;
    return query select n, digests;
end $$;

-- What somebody searched for goes; that he looked, when and at what stays.
create function erase_searches(written_before timestamptz, most int) returns int
language plpgsql security definer set search_path = public, pg_temp as $$
declare
    latest timestamptz := least(written_before, now() - interval '180 days');
    n int;
begin
    if current_setting('wall.role', true) is distinct from 'system' then
        raise exception 'only the system erases' using errcode = 'insufficient_privilege';
    end if;
    with old as (
        select l.id from looks l
        where l.detail is not null and l.at < latest
          and not exists (select from cases c where c.id = l.case_id and c.preserved_at is not null)
        order by l.at limit most for update skip locked
    )
    update looks l set detail = null from old where l.id = old.id;
    get diagnostics n = row_count;
    return n;
end $$;

revoke execute on function may_be_erased(uuid, timestamptz) from public;

revoke execute on function erase_of_case(uuid, text, text, timestamptz, boolean) from public;

revoke execute on function erase_searches(timestamptz, int) from public;

grant execute on function may_be_erased(uuid, timestamptz) to wall_app;

grant execute on function erase_of_case(uuid, text, text, timestamptz, boolean) to wall_app;

grant execute on function erase_searches(timestamptz, int) to wall_app;
