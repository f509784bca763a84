using Godwit.Broker.Log;

namespace Godwit.Storage.Journals;

/// <summary>What the writer tells the shards; they read it at any time.</summary>
internal sealed class StoreState
{
    private long _durableAppend;
    private int _health;

    /// <summary>Every commit up to this number is as durable as was asked for.</summary>
    public long DurableAppend
    {
        get => Volatile.Read(ref _durableAppend);
        set => Volatile.Write(ref _durableAppend, value);
    }

    /// <summary>What the store can do now.</summary>
    public StoreHealth Health
    {
        get => (StoreHealth)Volatile.Read(ref _health);
        set => Volatile.Write(ref _health, (int)value);
    }
}
