namespace Godwit.Server.Security.Authentication;

/// <summary>A source whose users stand in a file, so that a reload can tell who has gone.</summary>
internal interface IUserFile
{
    /// <summary>Everybody in it, with what their secret is compared with.</summary>
    IEnumerable<(string UserName, string Verifier)> Logins { get; }

    /// <summary>The same user with the same secret stands in it.</summary>
    bool Has((string UserName, string Verifier) login);

    /// <summary>The broker itself has written another verifier of the same secret for this user, and one of these files has it.</summary>
    bool HasReplaced((string UserName, string Verifier) login, IReadOnlyList<IUserFile> files) => false;
}
