<?xml version="1.0" encoding="UTF-8"?>
<!--
  A document part as one string: what a person sees, and marks that say where paragraphs, cells, rows and tables begin.
  The marks are private characters, declared here and nowhere else; markup.py takes the string apart by them.
-->
<!DOCTYPE xsl:stylesheet [
  <!ENTITY P "&#x10FFE0;">
  <!ENTITY CELL "&#x10FFE1;">
  <!ENTITY ROW "&#x10FFE2;">
  <!ENTITY TABLE "&#x10FFE3;">
  <!ENTITY BOX "&#x10FFE4;">
  <!ENTITY CLOSE "&#x10FFE5;">
  <!ENTITY SEP "&#x10FFE6;">
  <!ENTITY JOIN "&#x10FFE7;">
  <!ENTITY SYMBOL "&#x10FFE8;">
  <!ENTITY FONT "&#x10FFE9;">
  <!ENTITY HIDE "&#x10FFEA;">
  <!ENTITY END "&#x10FFED;">
  <!ENTITY MUTE "&#x10FFEB;">
  <!ENTITY SPEAK "&#x10FFEC;">
]>
<xsl:stylesheet version="1.0"
    xmlns:xsl="http://www.w3.org/1999/XSL/Transform"
    xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    xmlns:w14="http://schemas.microsoft.com/office/word/2010/wordml"
    xmlns:m="http://schemas.openxmlformats.org/officeDocument/2006/math"
    xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006">
  <xsl:output method="text" encoding="UTF-8"/>
  <xsl:template match="text()"/>

  <!-- text -->
  <xsl:template match="w:t | m:t"><xsl:value-of select="."/></xsl:template>
  <xsl:template match="w:tab | w:ptab"><xsl:text>&#9;</xsl:text></xsl:template>
  <xsl:template match="w:br | w:cr"><xsl:text>&#10;</xsl:text></xsl:template>
  <xsl:template match="w:noBreakHyphen">-</xsl:template>
  <xsl:template match="w:sym">&SYMBOL;<xsl:value-of select="@w:font"/>&SEP;<xsl:value-of select="@w:char"/>&SEP;</xsl:template>
  <xsl:template match="w:r"><xsl:apply-templates/>&END;</xsl:template>
  <xsl:template match="w:rPr"><xsl:apply-templates/></xsl:template>
  <xsl:template match="w:vanish[not(@w:val = '0' or @w:val = 'false' or @w:val = 'off')]">&HIDE;</xsl:template>
  <xsl:template match="w:rFonts[contains(@w:ascii, 'dings')]">&FONT;<xsl:value-of select="@w:ascii"/>&SEP;</xsl:template>
  <xsl:template match="w:rFonts[not(string(@w:ascii)) and contains(@w:hAnsi, 'dings')]">&FONT;<xsl:value-of select="@w:hAnsi"/>&SEP;</xsl:template>

  <!-- paragraphs, boxes, controls -->
  <xsl:template match="w:p">&P;<xsl:apply-templates/></xsl:template>
  <xsl:template match="w:pPr"><xsl:if test="w:rPr/w:del">&JOIN;</xsl:if></xsl:template>
  <xsl:template match="w:drawing[not(.//w:txbxContent)] | w:pict[not(.//w:txbxContent)] | w:object">&#xFFFC;</xsl:template>
  <xsl:template match="w:txbxContent">&BOX;<xsl:apply-templates/>&CLOSE;</xsl:template>
  <xsl:template match="w:checkBox">
    <xsl:variable name="state" select="w:checked | w:default[not(../w:checked)]"/>
    <xsl:choose>
      <xsl:when test="$state[not(@w:val = '0' or @w:val = 'false' or @w:val = 'off')]">☑</xsl:when>
      <xsl:otherwise>□</xsl:otherwise>
    </xsl:choose>
  </xsl:template>
  <xsl:template match="w:sdt">
    <xsl:choose>
      <xsl:when test="w:sdtPr/w14:checkbox and ancestor::w:p">
        <xsl:choose>
          <xsl:when test="w:sdtPr/w14:checkbox/w14:checked[not(@w14:val = '0' or @w14:val = 'false')]">☑</xsl:when>
          <xsl:otherwise>□</xsl:otherwise>
        </xsl:choose>
      </xsl:when>
      <xsl:when test="w:sdtPr/w:showingPlcHdr">&MUTE;<xsl:apply-templates/>&SPEAK;</xsl:when>
      <xsl:otherwise><xsl:apply-templates/></xsl:otherwise>
    </xsl:choose>
  </xsl:template>
  <xsl:template match="mc:AlternateContent"> <!-- shows the same thing twice; the first that says something is taken -->
    <xsl:variable name="spoken" select="*[.//w:t[normalize-space(.)]]"/>
    <xsl:apply-templates select="$spoken[1] | *[1][not($spoken)]"/>
  </xsl:template>
  <xsl:template match="w:del | w:moveFrom | w:rt | w:sdtPr | w:sectPr | w:tblPr | w:tblGrid | w:tcPr | w:trPr"/>

  <!-- tables: of a row, columns left out before it; of a cell, columns it spans; then words for what else is known -->
  <xsl:template match="w:tbl">&TABLE;<xsl:apply-templates/>&CLOSE;</xsl:template>
  <xsl:template match="w:tr">&ROW;<xsl:apply-templates select="w:trPr/*"/>&SEP;<xsl:apply-templates/></xsl:template>
  <xsl:template match="w:gridBefore | w:gridSpan"><xsl:value-of select="@w:val"/></xsl:template>
  <xsl:template match="w:trPr/w:del | w:cellDel">,deleted</xsl:template>
  <xsl:template match="w:tc">&CELL;<xsl:apply-templates select="w:tcPr/*"/>&SEP;<xsl:apply-templates/></xsl:template>
  <xsl:template match="w:vMerge">,below</xsl:template>
  <xsl:template match="w:vMerge[@w:val = 'restart']">,first</xsl:template>
  <xsl:template match="w:hMerge">,beside</xsl:template>
  <xsl:template match="w:hMerge[@w:val = 'restart']"/>
</xsl:stylesheet>
