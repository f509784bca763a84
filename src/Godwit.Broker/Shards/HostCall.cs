namespace Godwit.Broker.Shards;

/// <summary>
/// Something a transport or an administrator does on the shard's thread, e.g. hand over bytes that a Kestrel pump has read, or
/// copy figures. It runs inside a turn.
/// </summary>
/// <param name="call">Gets the shard. Must not block.</param>
/// <param name="sizeBytes">Bytes of messages it holds.</param>
public sealed class HostCall(Action<Shard> call, int sizeBytes = 0) : ShardInput
{
    /// <inheritdoc/>
    public override int SizeBytes => sizeBytes;

    internal override void Run(Shard shard) => call(shard);
}
