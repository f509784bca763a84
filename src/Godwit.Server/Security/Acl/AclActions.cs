namespace Godwit.Server.Security.Acl;

/// <summary>What a rule is about, and what a client wants to do.</summary>
[Flags]
public enum AclActions : byte
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>Send a message to a topic; its will too.</summary>
    Publish = 1,

    /// <summary>Make a subscription.</summary>
    Subscribe = 2,

    /// <summary>Be given a message of a topic: live, retained, queued, a will, its turn in a shared group.</summary>
    Receive = 4,

    /// <summary>Subscribe and receive.</summary>
    Read = Subscribe | Receive,

    /// <summary>Everything.</summary>
    All = Publish | Read,
}
