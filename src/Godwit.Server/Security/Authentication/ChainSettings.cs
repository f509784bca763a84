namespace Godwit.Server.Security.Authentication;

/// <summary>A chain that listeners name with their key Authentication.</summary>
public sealed class ChainSettings
{
    /// <summary>Listeners name it so.</summary>
    public string? Name { get; set; }

    /// <summary>Names of sources, in the order in which they are asked. Empty: everybody is anonymous.</summary>
    public IReadOnlyList<string?> Sources { get; set; } = [];

    /// <summary>The user name is the client identifier, whatever the client sends as such.</summary>
    public bool UserNameAsClientId { get; set; }
}
