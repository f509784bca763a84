namespace Godwit.House.Metadata;

/// <summary>A type uses a type or a member of another assembly.</summary>
/// <param name="Type">Full name of the outermost type, such as <c>Godwit.Broker.Routing.TopicTree</c>.</param>
/// <param name="Used">
/// <c>System.Threading.Monitor</c> (a type), <c>System.DateTime::get_UtcNow</c> (a member) or <c>native libc</c> (a P/Invoke).
/// </param>
public readonly record struct TypeUse(string Type, string Used);
