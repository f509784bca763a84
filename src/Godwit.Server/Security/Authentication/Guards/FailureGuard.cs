using System.Net;

namespace Godwit.Server.Security.Authentication.Guards;

/// <summary>
/// Slows who fails to log in. Failures are counted for the address, for the user, and for the user at this address. From the fifth in a minute
/// on, the next attempt has to wait: 1 s, 2 s, 4 s ... 30 s. The same wrong password again tells an attacker nothing and is what a
/// misconfigured device does: it counts for this user at this address only, so that one device does not lock out all others behind the same
/// router. Any thread.
/// </summary>
/// <param name="time">Its timestamps are used, which no clock change moves.</param>
/// <param name="failuresMax">Failures in a minute before there is a delay; 0: never any delay.</param>
/// <param name="delayMax">The longest delay.</param>
internal sealed class FailureGuard(TimeProvider time, int failuresMax, TimeSpan delayMax)
{
    /// <summary>Entries of each table; what was not touched for long is forgotten first.</summary>
    internal const int EntriesMax = 10_000;

    private static readonly TimeSpan Window = TimeSpan.FromMinutes(1);

    private readonly Lock _lock = new();
    private readonly BoundedTable<AddressKey, Record> _addresses = new(EntriesMax);
    private readonly BoundedTable<SecretDigest, Record> _users = new(EntriesMax);
    private readonly BoundedTable<(AddressKey, SecretDigest), Record> _pairs = new(EntriesMax);

    /// <summary>How long this client has to wait from now on; zero: not at all.</summary>
    internal TimeSpan DelayOf(IPAddress? address, string userName)
    {
        if (failuresMax == 0)
        {
            return TimeSpan.Zero;
        }

        var addressKey = AddressKey.Of(address);
        var user = SecretDigest.Of(userName);
        var now = time.GetTimestamp();
        lock (_lock)
        {
            var untilOfUser = userName.Length == 0 ? long.MinValue : UntilOf(_users, user);
            var until = Math.Max(UntilOf(_addresses, addressKey), Math.Max(untilOfUser, UntilOf(_pairs, (addressKey, user))));
            return until <= now ? TimeSpan.Zero : time.GetElapsedTime(now, until);
        }
    }

    /// <summary>Counts a failure.</summary>
    /// <param name="address">Where it came from.</param>
    /// <param name="userName">As whom; empty without a user name.</param>
    /// <param name="secret">Digest of what was wrong.</param>
    internal void Failed(IPAddress? address, string userName, SecretDigest secret)
    {
        if (failuresMax == 0)
        {
            return;
        }

        var addressKey = AddressKey.Of(address);
        var user = SecretDigest.Of(userName);
        var now = time.GetTimestamp();
        lock (_lock)
        {
            var isRepeated = _pairs.TryGet((addressKey, user), out var pair) && pair.Secret == secret;
            Count(_pairs, (addressKey, user), secret, now);
            if (!isRepeated)
            {
                Count(_addresses, addressKey, secret, now);
                if (userName.Length > 0)            // who names no user is not one user
                {
                    Count(_users, user, secret, now);
                }
            }
        }
    }

    /// <summary>A login was right: this user at this address begins anew. What the address and the user have otherwise done stays.</summary>
    internal void Succeeded(IPAddress? address, string userName)
    {
        if (failuresMax == 0)
        {
            return;
        }

        var pair = (AddressKey.Of(address), SecretDigest.Of(userName));
        lock (_lock)
        {
            _pairs.Remove(pair);
        }
    }

    private static long UntilOf<TKey>(BoundedTable<TKey, Record> table, TKey key)
        where TKey : notnull => table.TryGet(key, out var record) ? record.Until : long.MinValue;

    private void Count<TKey>(BoundedTable<TKey, Record> table, TKey key, SecretDigest secret, long now)
        where TKey : notnull
    {
        // A delay that is over for a minute is forgotten, and so are few failures that are older.
        if (!table.TryGet(key, out var record) || (now > record.Until && time.GetElapsedTime(Math.Max(record.Begin, record.Until), now) > Window))
        {
            record = new Record(Begin: now, Failures: 0, Until: long.MinValue, secret);
        }

        var failures = record.Failures + 1;
        var until = failures < failuresMax ? long.MinValue : now + (long)(DelayAfter(failures).TotalSeconds * time.TimestampFrequency);
        table.Set(key, record with { Failures = failures, Until = until, Secret = secret });
    }

    private TimeSpan DelayAfter(int failures)
    {
        const int ShiftMax = 16;
        var delay = TimeSpan.FromSeconds(1L << Math.Min(failures - failuresMax, ShiftMax));
        return delay < delayMax ? delay : delayMax;
    }

    private readonly record struct Record(long Begin, int Failures, long Until, SecretDigest Secret);
}
