using System.Text.Json.Nodes;
using Godwit.Storage.Records;

namespace Godwit.Storage.Tools;

/// <summary>A record that was taken apart, as far as a dump needs it.</summary>
internal sealed class LogRecord(RecordType type)
{
    public RecordType Type => type;

    /// <summary>Its name in a dump.</summary>
    public string Name { get; set; } = "unknown";

    /// <summary>Of the record itself, or of what it ends; 0: none.</summary>
    public long Id { get; set; }

    /// <summary>Of a reference: the message.</summary>
    public long MessageId { get; set; }

    /// <summary>The session it speaks of; 0: none, or several.</summary>
    public uint SessionNo { get; set; }

    /// <summary>The position it speaks of; -1: none, or several.</summary>
    public long Seq { get; set; } = -1;

    /// <summary>Of a session or will: its client. Of a message: the publisher.</summary>
    public string? ClientId { get; set; }

    /// <summary>Topic Name of a message or will; empty: none.</summary>
    public byte[] Topic { get; set; } = [];

    /// <summary>Topic Filter of a subscription; empty: none.</summary>
    public byte[] Filter { get; set; } = [];

    /// <summary>The positions that get it.</summary>
    public List<(uint SessionNo, long Seq)> Positions { get; } = [];

    /// <summary>What a dump shows.</summary>
    public JsonObject Fields { get; } = [];
}
