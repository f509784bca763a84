namespace Godwit.Server.Security.Acl;

/// <summary>What a decision rests on.</summary>
public enum AclGround
{
    /// <summary>There are no rules: everything is allowed.</summary>
    NoRules,

    /// <summary>A rule.</summary>
    Rule,

    /// <summary>No rule is about it: denied.</summary>
    NoneMatches,

    /// <summary>The topics that the login brought with it.</summary>
    Login,

    /// <summary>A source that was asked.</summary>
    Source,

    /// <summary>A source would have to be asked, or has not answered.</summary>
    Undecided,

    /// <summary>Only the broker writes below <c>$SYS</c>.</summary>
    BrokerTopic,

    /// <summary>With Mosquitto's file every SUBSCRIBE is granted, and so is one that would take too long to decide: deliveries are checked.</summary>
    SubscribeIsGranted,

    /// <summary>The listener names a set of rules that does not exist.</summary>
    NoSuchSet,
}
