namespace Godwit.Fuzz.Packets;

/// <summary>What happens in one step of a script.</summary>
internal enum ScriptStepKind
{
    /// <summary>Bytes arrive on a connection; a new one is opened when there is none.</summary>
    Data,

    /// <summary>The connection breaks.</summary>
    Drop,

    /// <summary>Time passes.</summary>
    Wait,

    /// <summary>The peer takes so many more bytes and then reads no further.</summary>
    Room,

    /// <summary>The peer reads everything again.</summary>
    ReadOn,
}
