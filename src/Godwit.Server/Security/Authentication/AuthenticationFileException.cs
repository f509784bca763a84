namespace Godwit.Server.Security.Authentication;

/// <summary>Files or settings of authentication cannot be used. At the start nothing starts; on a reload what was there stays.</summary>
/// <param name="errors">At least one; a sentence each, with file and line where there is one; no secrets.</param>
public sealed class AuthenticationFileException(IReadOnlyList<string> errors) : Exception(string.Join(Environment.NewLine, errors))
{
    /// <summary>A sentence each.</summary>
    public IReadOnlyList<string> Errors { get; } = errors;
}
