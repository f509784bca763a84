using System.Net;
using Godwit.Server.Transports;
using SocketAddress = Godwit.Server.Transports.SocketAddress;

namespace Godwit.Server.Tests;

public sealed class PeerAddressTests
{
    [Theory]
    [InlineData("127.0.0.1:50618")]
    [InlineData("255.254.253.252:65535")]
    [InlineData("0.0.0.1:1")]
    [InlineData("[::1]:1883")]
    [InlineData("[fe80::1:2]:443")]
    public void An_address_reads_as_the_kernel_has_written_it(string text)
    {
        var bytes = new byte[SocketAddress.SizeMax];
        SocketAddress.Write(bytes, IPEndPoint.Parse(text));

        Assert.Equal(text, new PeerAddress(bytes).ToString());
    }
}
