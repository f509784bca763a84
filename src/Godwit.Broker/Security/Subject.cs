namespace Godwit.Broker.Security;

/// <summary>Who wants something.</summary>
/// <param name="clientId">The client identifier.</param>
/// <param name="identity">What authentication has found; null: nothing.</param>
public readonly struct Subject(string clientId, Identity? identity)
{
    /// <summary>The client identifier; never null where a policy is asked.</summary>
    public string ClientId => clientId;

    /// <summary>What authentication has found; null: nothing.</summary>
    public Identity? Identity => identity;

    /// <summary>The principal; null is anonymous.</summary>
    public string? UserName => identity?.UserName;
}
