namespace Godwit.Conformance.Checks.Tables;

/// <summary>A packet that a client sends; the Will Properties of CONNECT are a place of their own (5.0 table 2-4).</summary>
[Flags]
internal enum Place
{
    None = 0,
    Connect = 1 << 0,
    Will = 1 << 1,
    Publish = 1 << 2,
    Puback = 1 << 3,
    Pubrec = 1 << 4,
    Pubrel = 1 << 5,
    Pubcomp = 1 << 6,
    Subscribe = 1 << 7,
    Unsubscribe = 1 << 8,
    Pingreq = 1 << 9,
    Disconnect = 1 << 10,

    /// <summary>The four acknowledgements of PUBLISH.</summary>
    Acks = Puback | Pubrec | Pubrel | Pubcomp,

    /// <summary>What carries an Application Message.</summary>
    Message = Publish | Will,

    /// <summary>Every place where properties stand; AUTH is left out, as it needs a method that both sides know.</summary>
    WithProperties = Connect | Will | Publish | Acks | Subscribe | Unsubscribe | Disconnect,

    /// <summary>Every packet that follows CONNECT.</summary>
    AfterConnect = Publish | Acks | Subscribe | Unsubscribe | Pingreq | Disconnect,
}
