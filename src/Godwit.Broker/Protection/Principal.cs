namespace Godwit.Broker.Protection;

/// <summary>Whom a quota counts for: a user, or a client of whom only the identifier is known. A user and a client of the same name are two.</summary>
/// <param name="Name">The user name, or the client identifier.</param>
/// <param name="IsUser">Which of them it is.</param>
internal readonly record struct Principal(string Name, bool IsUser);
