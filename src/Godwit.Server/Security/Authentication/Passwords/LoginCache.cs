using Godwit.Server.Security.Authentication.Guards;

namespace Godwit.Server.Security.Authentication.Passwords;

/// <summary>
/// Remembers which logins were verified, so that a reconnect costs no hash. An entry says: this user with this password was right, or wrong,
/// against this hash; another hash of the user makes it void. Right and wrong ones have tables of their own, so that wrong ones cannot
/// push right ones out. Holds digests only. Any thread.
/// </summary>
/// <param name="entriesMax">Entries of each table; 0: nothing is remembered.</param>
internal sealed class LoginCache(int entriesMax)
{
    private readonly Lock _lock = new();
    private readonly BoundedTable<SecretDigest, SecretDigest> _right = new(Math.Max(2, entriesMax));
    private readonly BoundedTable<SecretDigest, SecretDigest> _wrong = new(Math.Max(2, entriesMax));

    /// <summary>This login was verified against this hash.</summary>
    internal bool IsRight(SecretDigest login, SecretDigest hash) => Has(_right, login, hash);

    /// <summary>This login failed against this hash.</summary>
    internal bool IsWrong(SecretDigest login, SecretDigest hash) => Has(_wrong, login, hash);

    /// <summary>This login was verified against some hash, perhaps of the past.</summary>
    internal bool WasRight(SecretDigest login)
    {
        lock (_lock)
        {
            return _right.TryGet(login, out _);
        }
    }

    /// <summary>Remembers the outcome of a verification.</summary>
    internal void Add(SecretDigest login, SecretDigest hash, bool isRight)
    {
        if (entriesMax == 0)
        {
            return;
        }

        lock (_lock)
        {
            (isRight ? _right : _wrong).Set(login, hash);
        }
    }

    /// <summary>Forgets all.</summary>
    internal void Clear()
    {
        lock (_lock)
        {
            _right.Clear();
            _wrong.Clear();
        }
    }

    private bool Has(BoundedTable<SecretDigest, SecretDigest> table, SecretDigest login, SecretDigest hash)
    {
        lock (_lock)
        {
            return table.TryGet(login, out var known) && known == hash;
        }
    }
}
