using System.Security.Cryptography;
using Godwit.Server.Security.Authentication.Guards;
using Microsoft.Extensions.Logging;

namespace Godwit.Server.Security.Authentication.Passwords;

/// <summary>
/// Replaces weak hashes of a password file by such as are written today, when a login shows the password. Comments, order, owner and mode stay; a
/// line that was changed meanwhile stays as it is. Nobody waits for it. Any thread.
/// </summary>
/// <param name="path">Of the file.</param>
/// <param name="scheduler">Where it is hashed.</param>
/// <param name="time">Of the pause in which lines are gathered.</param>
/// <param name="logger">For what was done, and what fails.</param>
internal sealed class PasswordRehash(string path, HashScheduler scheduler, TimeProvider time, ILogger logger)
{
    /// <summary>Lines of this time are written together: each writing is a whole file, and a reload of who watches it.</summary>
    internal static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    private readonly Lock _lock = new();
    private readonly HashSet<string> _seen = new(StringComparer.Ordinal);
    private Dictionary<string, (PasswordHash Old, PasswordHash Next)> _waiting = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _written = new(StringComparer.Ordinal);
    private bool _hasFailed;

    /// <summary>A hash that is weaker than what is written today.</summary>
    internal static bool IsWeak(PasswordHash hash) => hash is Sha512Hash or Pbkdf2Hash { Iterations: < Pbkdf2Hash.DefaultIterations };

    /// <summary>The hash that was written for a user; null: none.</summary>
    internal string? Replacement(string user)
    {
        lock (_lock)
        {
            return _written.GetValueOrDefault(user);
        }
    }

    /// <summary>A login was right.</summary>
    /// <param name="user">Whose.</param>
    /// <param name="hash">Against this hash.</param>
    /// <param name="password">With this password; copied.</param>
    /// <param name="address">For its turn.</param>
    internal void Consider(string user, PasswordHash hash, ReadOnlySpan<byte> password, AddressKey address)
    {
        lock (_lock)
        {
            if (_hasFailed || !IsWeak(hash) || !_seen.Add(user))
            {
                return;
            }
        }

        _ = RunAsync(user, hash, password.ToArray(), address);
    }

    private async Task RunAsync(string user, PasswordHash old, byte[] password, AddressKey address)
    {
        PasswordHash? next = null;
        bool Hash()
        {
            next = Pbkdf2Hash.Create(password);
            return true;
        }

        await scheduler.RunAsync(address, () => true, Hash, CancellationToken.None).ConfigureAwait(false);
        CryptographicOperations.ZeroMemory(password);
        bool isFirst;
        lock (_lock)
        {
            if (next is null)
            {
                _seen.Remove(user);         // too busy now: at the next login
                return;
            }

            isFirst = _waiting.Count == 0;
            _waiting.Add(user, (old, next));
        }

        if (isFirst)
        {
            await Task.Delay(Pause, time).ConfigureAwait(false);
            Write();
        }
    }

    private void Write()
    {
        Dictionary<string, (PasswordHash Old, PasswordHash Next)> hashes;
        lock (_lock)
        {
            (hashes, _waiting) = (_waiting, new(StringComparer.Ordinal));
        }

        try
        {
            var file = PasswordFileEditor.Open(path);
            var replaced = hashes.Where(entry => file.TryReplace(entry.Key, entry.Value.Old, entry.Value.Next)).ToList();
            if (replaced.Count > 0)
            {
                lock (_lock)
                {
                    replaced.ForEach(entry => _written[entry.Key] = entry.Value.Next.Encode());       // before a reload can see it
                }

                file.Save();
                AuthenticationLog.Rehashed(logger, path, replaced.Count);
            }
        }
        catch (AuthenticationFileException exception)
        {
            lock (_lock)
            {
                _hasFailed = true;          // until the file is read anew
            }

            AuthenticationLog.NotRehashed(logger, exception.Message);
        }
    }
}
