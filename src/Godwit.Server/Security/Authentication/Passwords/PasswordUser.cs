namespace Godwit.Server.Security.Authentication.Passwords;

/// <summary>A user with a password.</summary>
/// <param name="Hash">Of the password.</param>
/// <param name="Groups">Groups of the user; may be empty.</param>
/// <param name="Rights">What the user may do, for the rules about topics; null: nothing is said.</param>
public sealed record PasswordUser(PasswordHash Hash, IReadOnlyList<string> Groups, object? Rights = null);
