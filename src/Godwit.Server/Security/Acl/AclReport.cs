using System.Net;

namespace Godwit.Server.Security.Acl;

/// <summary>Something that rules on trial would have denied.</summary>
/// <param name="Rule">By this rule; null: no rule would have allowed it.</param>
/// <param name="ClientId">Whom.</param>
/// <param name="UserName">As whom; null without a user name.</param>
/// <param name="Address">Where it comes from; null: not known.</param>
/// <param name="Action">What it did.</param>
/// <param name="Topic">Topic Name, or with subscribe Topic Filter.</param>
public sealed record AclReport(AclRule? Rule, string ClientId, string? UserName, IPAddress? Address, AclActions Action, string Topic)
{
    /// <summary>The rule with its file and line, or that there is none, for a log.</summary>
    public string Reason => Rule?.ToString() ?? "no rule allows it";
}
