namespace Godwit.Server.Security.Authentication.Passwords;

/// <summary>The users of a password file.</summary>
/// <param name="name">Its name in the configuration.</param>
/// <param name="file">As it was when it was read.</param>
internal sealed class PasswordFileSource(string name, PasswordFile file) : IPasswordSource
{
    /// <inheritdoc/>
    public string Name => name;

    /// <inheritdoc/>
    public bool IsRemote => false;

    /// <summary>As it was when it was read.</summary>
    internal PasswordFile File => file;

    /// <inheritdoc/>
    public ValueTask<PasswordUser?> FindAsync(string userName, CancellationToken cancellation) =>
        ValueTask.FromResult(file.Users.TryGetValue(userName, out var hash) ? new PasswordUser(hash, []) : null);
}
