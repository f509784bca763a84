namespace Godwit.Server.Security.Acl;

/// <summary>An answer, and what it rests on.</summary>
/// <param name="IsAllowed">Whether it may be done.</param>
/// <param name="Ground">Why.</param>
/// <param name="Rule">The rule that decided; null with every other ground.</param>
public readonly record struct AclDecision(bool IsAllowed, AclGround Ground, AclRule? Rule = null)
{
    /// <summary>It is allowed only because rules are on trial.</summary>
    public bool IsReported { get; init; }

    /// <summary>With <see cref="IsReported"/>: the rule that would have denied it; null: no rule would have allowed it.</summary>
    public AclRule? WouldDeny { get; init; }

    /// <summary>With <see cref="AclGround.Source"/>: who says it; with <see cref="AclGround.Undecided"/>, perhaps, who has to be asked.</summary>
    internal string? Words { get; init; }

    /// <summary>The reason in one line, for a log: the rule with its file and line, or why there is none.</summary>
    public string Reason => Ground switch
    {
        AclGround.NoRules => "there are no rules",
        AclGround.Rule => Rule!.ToString(),
        AclGround.NoneMatches => "no rule allows it",
        AclGround.Login => IsAllowed ? "a topic of the login" : "no rule and no topic of the login allows it",
        AclGround.Source => Words!,
        AclGround.Undecided => Words ?? "a source has to be asked, or has not answered",
        AclGround.BrokerTopic => "only the broker writes below $SYS",
        AclGround.SubscribeIsGranted => "it is granted, and each message is checked at delivery",
        AclGround.NoSuchSet => "the listener names rules that do not exist",
        _ => "",
    };
}
