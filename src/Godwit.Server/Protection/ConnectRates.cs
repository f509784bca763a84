using System.Net;
using Godwit.Broker.Protection;

namespace Godwit.Server.Protection;

/// <summary>How often clients connect, per address and in total: token buckets. Loopback is not counted. Any thread.</summary>
/// <param name="perAddress">CONNECTs of one address in a second; 0 is no limit.</param>
/// <param name="inTotal">Of all addresses; 0 is no limit.</param>
/// <param name="burstSeconds">So many seconds' worth may come at once.</param>
internal sealed class ConnectRates(int perAddress, int inTotal, int burstSeconds)
{
    /// <summary>Addresses that are remembered; when there are more, those whose buckets are full are forgotten.</summary>
    internal const int AddressesMax = 65_536;

    private readonly Lock _lock = new();
    private readonly Dictionary<IPAddress, TokenBucket> _addresses = [];
    private TokenBucket _total;

    /// <summary>Addresses that are remembered now.</summary>
    internal int AddressCount => _addresses.Count;

    /// <summary>A client connects.</summary>
    /// <param name="address">Null: not known, e.g. over a Unix socket; then it counts as loopback.</param>
    /// <param name="nowMs">Monotonic milliseconds.</param>
    /// <returns>Null: it may; else which rate it breaks.</returns>
    internal ProtectionReason? Take(IPAddress? address, long nowMs)
    {
        if (address is null || IPAddress.IsLoopback(address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address))
        {
            return null;
        }

        lock (_lock)
        {
            if (perAddress > 0 && !TryTakeOf(address, nowMs))
            {
                return ProtectionReason.AddressConnectRate;
            }

            return inTotal > 0 && !TryTake(ref _total, inTotal, nowMs) ? ProtectionReason.TotalConnectRate : null;
        }
    }

    private bool TryTakeOf(IPAddress address, long nowMs)
    {
        var group = Group(address);
        if (_addresses.Count >= AddressesMax && !_addresses.ContainsKey(group))
        {
            Tidy(nowMs);
        }

        ref var bucket = ref System.Runtime.InteropServices.CollectionsMarshal.GetValueRefOrAddDefault(_addresses, group, out _);
        return TryTake(ref bucket, perAddress, nowMs);
    }

    private bool TryTake(ref TokenBucket bucket, int perSecond, long nowMs)
    {
        bucket.Fill(nowMs, perSecond, (double)perSecond * burstSeconds);
        if (bucket.IsEmpty)
        {
            return false;
        }

        bucket.Take(1);
        return true;
    }

    private void Tidy(long nowMs)
    {
        foreach (var (address, bucket) in _addresses)
        {
            var filled = bucket;
            filled.Fill(nowMs, perAddress, (double)perAddress * burstSeconds);
            if (filled.Tokens >= (long)perAddress * burstSeconds)
            {
                _addresses.Remove(address);
            }
        }

        if (_addresses.Count >= AddressesMax)
        {
            _addresses.Clear();         // a flood from everywhere: the rate in total is what helps
        }
    }

    /// <summary>Of IPv6 the network of 64 bits counts: one client can have all of its addresses.</summary>
    private static IPAddress Group(IPAddress address)
    {
        if (address.AddressFamily != System.Net.Sockets.AddressFamily.InterNetworkV6 || address.IsIPv4MappedToIPv6)
        {
            return address;
        }

        var bytes = address.GetAddressBytes();
        bytes.AsSpan(8).Clear();
        return new IPAddress(bytes);
    }
}
