using Godwit.Server.Configuration;

namespace Godwit.Server.Security.Acl;

/// <summary>What a rule allows or denies, and where that is said.</summary>
/// <param name="Actions">At least one.</param>
/// <param name="Origin">File and line.</param>
public sealed record AclVerb(AclActions Actions, ConfigurationOrigin Origin);
