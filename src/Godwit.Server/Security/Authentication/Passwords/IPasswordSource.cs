namespace Godwit.Server.Security.Authentication.Passwords;

/// <summary>Where hashes of passwords are kept: a file, a database. Called from any thread.</summary>
public interface IPasswordSource
{
    /// <summary>For the log, e.g. <c>password file</c>.</summary>
    string Name { get; }

    /// <summary>To ask costs more than a look into a table: who fails too often has to wait before.</summary>
    bool IsRemote { get; }

    /// <summary>Finds a user.</summary>
    /// <param name="userName">As in CONNECT, not empty.</param>
    /// <param name="cancellation">The client has gone.</param>
    /// <returns>Null: there is no such user here.</returns>
    ValueTask<PasswordUser?> FindAsync(string userName, CancellationToken cancellation);
}
